// Generated from docs/openapi.json by `make docs`.

/**
 * An account as its owner sees it.
 * @typedef {object} Account
 * @property {string} id
 * @property {string} email
 * @property {string} created_at - E.g. `2026-03-01T09:30:00Z`.
 * @property {BillingSummary} billing
 */

/**
 * An account.
 * @typedef {object} AccountAnswer
 * @property {Account} account
 */

/**
 * What somebody pays for, and with what.
 * @typedef {object} BillingAnswer
 * @property {Subscription | null} subscription
 * @property {PaymentMethod | null} payment_method
 */

/**
 * What a page header needs to know.
 * @typedef {object} BillingSummary
 * @property {string | null} subscription_status - Stripe's word: incomplete, incomplete_expired, trialing, active,
 *   past_due, unpaid, paused, canceled. E.g. `active`.
 * @property {string | null} plan
 * @property {boolean} has_access
 * @property {boolean} past_due
 * @property {string | null} card_last4
 */

/**
 * When the subscription ends.
 * @typedef {object} Cancellation
 * @property {string | null} [email] - If given, it must be the caller's own, else the answer is 403.
 * @property {boolean} [at_period_end=true] - False ends it now.
 */

/**
 * What a change has led to.
 * @typedef {object} ChangeAnswer
 * @property {Subscription | null} subscription
 * @property {PaymentMethod | null} payment_method
 * @property {string | null} client_secret - If set, the bank wants the customer to authenticate: Stripe.js
 *   `confirmPayment`.
 */

/**
 * One of the prices of `GET /api/billing/plans`.
 * @typedef {object} ChosenPrice
 * @property {string | null} [email] - If given, it must be the caller's own, else the answer is 403.
 * @property {string} price_id - From `GET /api/billing/plans`. E.g. `price_1Qx`.
 */

/**
 * What a person logs in with.
 * @typedef {object} Credentials
 * @property {string} email - E.g. `ada@example.com`.
 * @property {string} password - E.g. `correct horse battery`.
 */

/**
 * A page of the history, the newest first.
 * @typedef {object} HistoryAnswer
 * @property {Array<HistoryEntry>} items
 * @property {string | null} next - `after` of the next page; null on the last one.
 */

/**
 * An invoice, or a payment or charge that belongs to none.
 * @typedef {object} HistoryEntry
 * @property {string} id
 * @property {"charge" | "invoice" | "payment"} kind
 * @property {"failed" | "processed" | "processing"} state
 * @property {string} status - Stripe's word.
 * @property {number} amount - In the smallest unit of the currency. E.g. `900`.
 * @property {string} currency - ISO 4217, lower case. E.g. `usd`.
 * @property {string} created_at - E.g. `2026-03-01T09:30:00Z`.
 * @property {string | null} description
 * @property {string | null} pdf_url - Expires: fetch it when it is wanted.
 * @property {string | null} hosted_url
 * @property {string | null} receipt_url
 */

/**
 * The latest invoice of a subscription.
 * @typedef {object} Invoice
 * @property {string} id
 * @property {string} status - draft, open, paid, uncollectible or void. E.g. `paid`.
 */

/**
 * A session that was just opened. The token is shown this once.
 * @typedef {object} LoginAnswer
 * @property {string} token - Send it as `Authorization: Bearer <token>`.
 * @property {string} expires_at - Its end at the latest. E.g. `2026-03-01T09:30:00Z`.
 * @property {Account} account
 */

/**
 * Nothing but, if the caller wants, whom it is for.
 * @typedef {object} OwnAccount
 * @property {string | null} [email] - If given, it must be the caller's own, else the answer is 403.
 */

/**
 * The password that counts, and the one that shall.
 * @typedef {object} PasswordChange
 * @property {string} current_password - E.g. `correct horse battery`.
 * @property {string} new_password - E.g. `correct horse battery`.
 */

/**
 * What may be shown of a way to pay.
 * @typedef {object} PaymentMethod
 * @property {string} id
 * @property {string | null} brand - Null when it is not a card. E.g. `visa`.
 * @property {string | null} last4 - E.g. `4242`.
 * @property {number | null} exp_month
 * @property {number | null} exp_year
 */

/**
 * A plan that can be subscribed to.
 * @typedef {object} Plan
 * @property {string} plan - E.g. `basic`.
 * @property {Array<PriceItem>} prices
 */

/**
 * Every plan.
 * @typedef {object} PlansAnswer
 * @property {Array<Plan>} plans
 */

/**
 * What a plan costs for an interval.
 * @typedef {object} PriceItem
 * @property {string} price_id
 * @property {"month" | "year"} interval
 * @property {number} unit_amount - In the smallest unit of the currency. E.g. `900`.
 * @property {string} currency - ISO 4217, lower case. E.g. `usd`.
 */

/**
 * A refusal: programs decide by `code`, which never changes; people read `detail`.
 * @typedef {object} Problem
 * @property {string} type - The code as a URI.
 * @property {string} title - The name of the status.
 * @property {number} status - The HTTP status.
 * @property {string} detail - What to do, for people to read.
 * @property {string} code - What is wrong, for programs to decide by.
 * @property {string | null} [request_id] - The same as the header `X-Request-Id`.
 * @property {Record<string, string>} [fields={}] - The name of each wrong field -> what is wrong with it.
 */

/**
 * What an account is made from.
 * @typedef {object} Registration
 * @property {string} email - E.g. `ada@example.com`.
 * @property {string} password - E.g. `correct horse battery`.
 */

/**
 * A payment method that a setup intent has saved.
 * @typedef {object} SavedPaymentMethod
 * @property {string | null} [email] - If given, it must be the caller's own, else the answer is 403.
 * @property {string} payment_method_id - As Stripe.js names it. E.g. `pm_1Qx`.
 */

/**
 * The permission to save a card.
 * @typedef {object} SetupIntentAnswer
 * @property {string} setup_intent_id
 * @property {string} client_secret - For Stripe.js `confirmSetup`.
 */

/**
 * A subscription as it is now.
 * @typedef {object} Subscription
 * @property {string} id
 * @property {string} status - Stripe's word: incomplete, incomplete_expired, trialing, active, past_due, unpaid,
 *   paused, canceled. E.g. `active`.
 * @property {boolean} has_access - Whether it entitles to the product.
 * @property {boolean} past_due - A renewal could not be paid: ask for another card.
 * @property {string | null} plan - basic, premium or enterprise. E.g. `basic`.
 * @property {string} price_id
 * @property {string} interval - month or year. E.g. `month`.
 * @property {number} unit_amount - In the smallest unit of the currency. E.g. `900`.
 * @property {string} currency - ISO 4217, lower case. E.g. `usd`.
 * @property {string} current_period_end - E.g. `2026-03-01T09:30:00Z`.
 * @property {string | null} cancel_at - When it ends, if that is decided. E.g. `2026-03-01T09:30:00Z`.
 * @property {Invoice | null} latest_invoice
 */

export {};
