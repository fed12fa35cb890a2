-- What an account has at Stripe, and what it takes to keep that true.

-- Every price that was ever subscribed to: an archived one still says which plan its subscribers have.
CREATE TABLE prices (
    id text PRIMARY KEY,                              -- Stripe's, price_...
    plan text,                                        -- basic, premium, enterprise; null for a price of another make
    "interval" text NOT NULL,                         -- month or year, for ours
    unit_amount bigint NOT NULL,                      -- in the smallest unit of the currency
    currency text NOT NULL
);

-- Written by synchronisation only (api/billing_state.py), from what Stripe says now; never from an event's content.
ALTER TABLE accounts
    ADD COLUMN stripe_customer_id text UNIQUE,
    ADD COLUMN stripe_default_payment_method_id text,
    ADD COLUMN card_brand text,
    ADD COLUMN card_last4 text CHECK (card_last4 ~ '^\d{4}$'),
    ADD COLUMN card_exp_month smallint CHECK (card_exp_month BETWEEN 1 AND 12),
    ADD COLUMN card_exp_year smallint,
    ADD COLUMN stripe_subscription_id text UNIQUE,    -- the one that counts: one live subscription an account
    -- Stripe's words; it may invent new ones, and an account that has one must still be read.
    ADD COLUMN subscription_status text CHECK (subscription_status ~ '^[a-z_]+$'),
    ADD COLUMN stripe_price_id text REFERENCES prices (id),
    ADD COLUMN subscription_created_at timestamptz,
    ADD COLUMN current_period_end timestamptz,
    ADD COLUMN cancel_at timestamptz,
    ADD COLUMN stripe_latest_invoice_id text,
    ADD COLUMN stripe_latest_invoice_status text CHECK (stripe_latest_invoice_status ~ '^[a-z_]+$'),
    ADD COLUMN past_due boolean NOT NULL DEFAULT false,
    ADD COLUMN billing_version bigint NOT NULL DEFAULT 0,  -- rises with each synchronisation; a stale one loses
    ADD COLUMN billing_checked_at timestamptz,

    ADD CONSTRAINT subscription_is_whole CHECK (
        num_nulls(stripe_subscription_id, subscription_status, stripe_price_id, subscription_created_at,
                  current_period_end) IN (0, 5)),
    ADD CONSTRAINT invoice_is_whole CHECK (
        num_nulls(stripe_latest_invoice_id, stripe_latest_invoice_status) IN (0, 2)),
    ADD CONSTRAINT invoice_has_subscription CHECK (
        stripe_latest_invoice_id IS NULL OR stripe_subscription_id IS NOT NULL),
    ADD CONSTRAINT card_is_whole CHECK (
        num_nulls(card_brand, card_last4, card_exp_month, card_exp_year) IN (0, 4)),
    ADD CONSTRAINT card_has_payment_method CHECK (
        card_last4 IS NULL OR stripe_default_payment_method_id IS NOT NULL),
    ADD CONSTRAINT payment_method_has_customer CHECK (
        stripe_default_payment_method_id IS NULL OR stripe_customer_id IS NOT NULL),
    ADD CONSTRAINT past_due_is_a_status CHECK (
        past_due = coalesce(subscription_status IN ('past_due', 'unpaid'), false)),
    ADD CONSTRAINT living_subscription_has_customer CHECK (
        stripe_customer_id IS NOT NULL OR coalesce(subscription_status IN ('canceled', 'incomplete_expired'), true)),
    ADD CONSTRAINT ended_subscription_does_not_end_again CHECK (
        cancel_at IS NULL OR subscription_status NOT IN ('canceled', 'incomplete_expired'));

-- A write at Stripe that was begun and whose result is not stored yet. A repetition finds the key here and gets the
-- same result instead of a second customer or subscription.
CREATE TABLE idempotency_keys (
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    operation text NOT NULL,
    key text NOT NULL UNIQUE,
    parameters jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, operation)
);

-- The inbox of webhooks. An event is acknowledged when its row is stored, and settled in the transaction of its
-- effect. Its content is not kept: what counts is read from Stripe.
CREATE TABLE webhook_events (
    id text PRIMARY KEY,                              -- Stripe's, evt_...
    type text NOT NULL,
    customer_id text,                                 -- whose state it may have changed
    api_version text,                                 -- of the payload
    created_at timestamptz NOT NULL,                  -- by Stripe's clock, whole seconds
    received_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('pending', 'booked', 'ignored', 'dead')),
    reason text,                                      -- why it is ignored or dead, or why the last attempt failed
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    settled_at timestamptz,
    CONSTRAINT pending_is_due CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CONSTRAINT pending_is_not_settled CHECK ((state = 'pending') = (settled_at IS NULL)),
    CONSTRAINT pending_has_customer CHECK (state <> 'pending' OR customer_id IS NOT NULL)
);
CREATE INDEX webhook_events_due_idx ON webhook_events (next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_events_pending_customer_idx ON webhook_events (customer_id) WHERE state = 'pending';
CREATE INDEX webhook_events_dead_idx ON webhook_events (received_at) WHERE state = 'dead';
CREATE INDEX webhook_events_settled_idx ON webhook_events (settled_at) WHERE state IN ('booked', 'ignored');

-- Every change of what an account pays for or with, and what caused it.
CREATE TABLE billing_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    changed_at timestamptz NOT NULL DEFAULT now(),
    cause text NOT NULL,                              -- an operation, the ids of webhook events, or reconciliation
    before jsonb NOT NULL,                            -- the columns that changed
    after jsonb NOT NULL
);
CREATE INDEX billing_changes_account_idx ON billing_changes (account_id, id);

-- How soon a caller may do something again. Losing it in a crash of the server does no harm, so it is not logged.
CREATE UNLOGGED TABLE rate_limits (
    bucket bytea PRIMARY KEY,                         -- SHA-256 of what is limited: no address is kept
    free_at timestamptz NOT NULL,                     -- when nothing of it is used up any more
    room interval NOT NULL                            -- how far ahead of now that may be
);
CREATE INDEX rate_limits_free_at_idx ON rate_limits (free_at);

-- Work that one task does for all: whoever moves `due_at` forward does it.
CREATE TABLE schedules (
    name text PRIMARY KEY,
    due_at timestamptz NOT NULL
);
