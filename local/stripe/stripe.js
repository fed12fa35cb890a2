// What a shop needs of Stripe.js, for the stand-in that serves it: confirmation and the customer's bank, for the card
// field of card_element.js. Every function answers as Stripe's does: {setupIntent}, {paymentIntent} or
// {error: {type, code, message}}.

const ORIGIN = new URL(document.currentScript.src).origin;

const KINDS = {
  setup: { path: "setup_intents", name: "setupIntent", query: "setup_intent", error: "last_setup_error" },
  payment: { path: "payment_intents", name: "paymentIntent", query: "payment_intent", error: "last_payment_error" },
};

// {a: {b: 1}} -> [["a[b]", "1"]], as Stripe wants its forms.
function pairs(value, prefix = "") {
  return Object.entries(value).flatMap(([name, inner]) => {
    const full = prefix ? `${prefix}[${name}]` : name;
    if (inner === null || inner === undefined) return [];
    return typeof inner === "object" ? pairs(inner, full) : [[full, String(inner)]];
  });
}

const refused = (error) => Object.assign(new Error(error.message), { refusal: error });

async function json(path, init) {
  try {
    return await (await fetch(`${ORIGIN}/${path}`, init)).json();
  } catch (cause) {
    const message = `The local Stripe does not answer: ${cause.message}`;
    throw refused({ type: "api_connection_error", message });
  }
}

async function ask(key, method, path, params) {
  const form = new URLSearchParams(pairs(params)).toString();
  const get = method === "GET";
  const answer = await json(`v1/${path}${get ? `?${form}` : ""}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/x-www-form-urlencoded" },
    body: get ? undefined : form,
  });
  if (answer.error) throw refused(answer.error);
  return answer;
}

// The customer's bank; closing the dialog is a no. So is going to another page of the site, as Back is where it closes
// dialogs (Android): what nobody sees any more must not be paid. Stripe's own window stays open there.
function askBank() {
  addStyle();
  return new Promise((resolve) => {
    const title = make("h2", { id: newId("title") }, "Test bank");
    const words = "Your bank wants to know whether this is you. Nothing real happens here.";
    const text = make("p", { id: newId("text") }, words);
    const yes = make("button", { value: "succeed", autofocus: "" }, "Complete authentication");
    const no = make("button", { value: "fail" }, "Fail authentication");
    const form = make("form", { method: "dialog" }, yes, no);
    const names = { "aria-labelledby": title.id, "aria-describedby": text.id };
    const dialog = make("dialog", { class: "stand-in-bank", ...names }, title, text, form);
    const leave = ({ from }) => from.url === navigation.currentEntry.url || dialog.close("fail");
    dialog.addEventListener("close", () => {
      window.navigation?.removeEventListener("currententrychange", leave);
      dialog.remove();
      resolve(dialog.returnValue === "succeed" ? "succeed" : "fail");
    });
    document.body.append(dialog);
    dialog.showModal();
    window.navigation?.addEventListener("currententrychange", leave);
  });
}

class Stripe {
  constructor(key) { this.key = key; }

  elements(options) { return new Elements(options); }
  confirmSetup(options) { return this.confirm(KINDS.setup, options); }
  confirmPayment(options) { return this.confirm(KINDS.payment, options); }
  retrieveSetupIntent(secret) { return this.retrieve(KINDS.setup, secret); }
  retrievePaymentIntent(secret) { return this.retrieve(KINDS.payment, secret); }

  handleNextAction({ clientSecret }) {
    const kind = clientSecret.startsWith("seti_") ? KINDS.setup : KINDS.payment;
    return this.answered(kind, async () => this.finished(kind, clientSecret, await this.read(kind, clientSecret)));
  }

  retrieve(kind, secret) { return this.answered(kind, () => this.read(kind, secret)); }

  confirm(kind, { elements, clientSecret, confirmParams = {}, redirect = "always" }) {
    const secret = clientSecret ?? elements?.options.clientSecret;
    return this.answered(kind, async () => {
      const { payment_method_data: details, ...others } = confirmParams;
      const params = { ...others, client_secret: secret, use_stripe_sdk: true };
      if (!others.payment_method) {
        const error = elements ? elements.problem() : NO_CARD;
        if (error) throw refused(error);
        elements.card.show(null);
        params.payment_method_data = { ...details, type: "card", card: elements.card.data() };
      }
      const path = `${kind.path}/${secret.split("_secret_")[0]}/confirm`;
      const intent = await this.finished(kind, secret, await ask(this.key, "POST", path, params));
      if (redirect === "always" && others.return_url) this.leave(kind, intent, others.return_url);
      return intent;
    }, elements?.card);
  }

  read(kind, secret) {
    return ask(this.key, "GET", `${kind.path}/${secret.split("_secret_")[0]}`, { client_secret: secret });
  }

  async finished(kind, secret, intent) {
    if (intent.status !== "requires_action") return intent;
    const body = JSON.stringify({ outcome: await askBank() });
    // A refusal means that the intent waits no more: it was answered elsewhere, or called off.
    await json(`_stand_in/authentications/${intent.id}`, { method: "POST", body });
    const after = await this.read(kind, secret);
    if (after[kind.error]) throw refused(after[kind.error]);
    return after;
  }

  leave(kind, intent, target) {
    const url = new URL(target, location.href);
    url.searchParams.set(kind.query, intent.id);
    url.searchParams.set(`${kind.query}_client_secret`, intent.client_secret);
    url.searchParams.set("redirect_status", intent.status);
    location.assign(url);
  }

  async answered(kind, work, card) {
    try {
      return { [kind.name]: await work() };
    } catch (cause) {
      if (!cause.refusal) throw cause;
      card?.show(cause.refusal);
      return { error: cause.refusal };
    }
  }
}

window.Stripe = (key) => new Stripe(key);
