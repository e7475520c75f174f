// The way from a photo to its order's own page. With photos selected, it opens beside the grid: they
// would not be selected any more on the way back.

import { element } from "./element.js"

function addressOf({ order_id: id }) {
  return `/orders?order=${id}`
}

function targetOf({ selected }) {
  return selected.size ? "_blank" : "_self"
}

/** Cannot be dragged itself: what is drawn from it is a frame. */
export function orderLink(desk, photo, text, properties = {}) {
  const onclick = ({ currentTarget: link }) => (link.target = targetOf(desk))
  const href = addressOf(photo)
  return element("a", { className: "order", href, draggable: false, onclick, ...properties }, text)
}

export function openOrder(desk, photo) {
  window.open(addressOf(photo), targetOf(desk))
}
