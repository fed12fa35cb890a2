// A page in as few lines as it takes to run stripe.js without a browser: `node page.mjs URL KEY SECRET CARD ANSWER`.
// The elements are only as real as the script needs; prints what confirmSetup or confirmPayment gives.
const [url, key, secret, number, answer] = process.argv.slice(2);

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], listeners: {}, value: "", dataset: {} });
  }
  setAttribute(name, value) { this[name] = value; }
  removeAttribute(name) { delete this[name]; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  addEventListener(event, listener) { (this.listeners[event] ??= []).push(listener); }
  fire(event) { this.listeners[event]?.forEach((listener) => listener()); }
  remove() {}
  focus() {}
  showModal() {
    this.returnValue = answer;
    queueMicrotask(() => this.fire("close"));
  }
}

globalThis.window = globalThis;
globalThis.CSSStyleSheet = class { replaceSync() {} };
globalThis.document = {
  currentScript: { src: `${url}/stripe.js` },
  adoptedStyleSheets: [],
  body: new Element("body"),
  createElement: (tag) => new Element(tag),
  querySelector: () => new Element("div"),
};
new Function(await (await fetch(`${url}/stripe.js`)).text())();

const stripe = globalThis.Stripe(key);
const elements = stripe.elements({ clientSecret: secret });
const card = elements.create("payment");
const heard = [];
card.on("ready", () => heard.push("ready"));
card.on("change", ({ complete }) => heard.push(complete));
card.mount("#card");
await null; // "ready" comes just after
for (const [name, value] of [["number", number], ["expiry", "1234"], ["cvc", "123"]]) {
  card.inputs[name].value = value;
  card.inputs[name].fire("input");
}
const confirm = secret.startsWith("seti_") ? "confirmSetup" : "confirmPayment";
const result = await stripe[confirm]({ elements, redirect: "if_required" });
const later = secret.startsWith("seti_") ? "retrieveSetupIntent" : "retrievePaymentIntent";
const { setupIntent, paymentIntent } = await stripe[later](secret);
console.log(JSON.stringify({ result, heard, status: (setupIntent ?? paymentIntent).status }));
