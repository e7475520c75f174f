// What the customer will read, as the mail says it, and to how many it goes.

import { element } from "./element.js"

/** "" for one customer: the photo's own. */
export function recipients(photos) {
  const orders = new Set(photos.map((photo) => photo.order_id)).size
  const names = new Set(photos.map((photo) => photo.customer)).size
  if (orders === 1) return ""
  // Two orders of one name are two mails, and perhaps two people.
  return orders === names ? `Goes to ${orders} customers.` : `Goes to the customers of ${orders} orders.`
}

/** As in the mail: the reasons' words in their order, the comment, and which answers there are. */
export function customersWords(photos, chosen, comment) {
  const texts = chosen.map((reason) => reason.customer_text).filter(Boolean)
  if (!texts.length && !comment.trim()) {
    return [element("p", { className: "is-quiet" }, "Choose a reason to see it.")]
  }
  const keep = isKeepable(chosen) ? ", keep this one as it is" : ""
  return [
    ...greeting(photos),
    ...texts.map((text) => element("p", {}, text)),
    comment.trim() && element("p", { className: "said" }, comment.trim()),
    element("p", { className: "answers" }, `There you can choose a new photo${keep} or write to us.`),
  ].filter(Boolean)
}

/** Of the first order; the others read their own. */
function greeting(photos) {
  const [{ order_id: id, order_name: order, customer, product }] = photos
  const count = photos.filter((photo) => photo.order_id === id).length
  const [name] = customer.split(" ")
  const which = count === 1 ? "your photo" : `${count} of your photos`
  const help = `thank you for your order ${order}. Before we print it, we would like your help with ${which}.`
  return [
    element("p", { className: "is-quiet" }, name ? `Hello ${name}, ${help}` : `Hello, ${help}`),
    element("p", { className: "product" }, product),
  ]
}

export function isKeepable(chosen) {
  return chosen.every((reason) => reason.may_keep)
}

/** For the reviewer, not part of the mail. */
export function keepingNote(chosen) {
  if (!chosen.length) return ""
  if (isKeepable(chosen)) return "The customer may keep this photo."
  const strict = chosen.filter((reason) => !reason.may_keep).map((reason) => reason.label)
  return `The customer may not keep this photo: ${strict.join(", ")}.`
}
