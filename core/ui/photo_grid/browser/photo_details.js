// All that is known about a photo, beside its large picture: first what the verdict turns on.

import { element } from "./element.js"
import { findingList } from "./findings.js"
import { cutInWords } from "./frame.js"
import { badges } from "./tiles.js"
import { age, localTime, pixelSize } from "./words.js"

export function photoDetails(photo) {
  const { waiting_since: since, photos_on_order: count } = photo
  return [
    badges(photo),
    printFacts(photo),
    findingList(photo.findings),
    said(`${photo.left_by} asks a manager`, photo.left_note),
    said("The customer says", photo.message),
    said("On the order", photo.note),
    said(`${photo.left_by} asks a manager`, photo.left_note),
    element(
      "dl",
      { className: "facts" },
      ...fact("Product", photo.product),
      ...fact("Variant", photo.variant),
      ...fact("Quantity", String(photo.quantity)),
      ...fact("Crop", cutInWords(photo)),
      ...fact("Animated", photo.is_animated && "Only the first frame is printed"),
      ...fact("Order", photo.order_name + (count > 1 ? `, ${count} photos` : "")),
      ...fact("Customer", photo.customer),
      ...fact("Waiting", age(since), localTime(since)),
      ...fact("Due", due(photo), localTime(photo.due_at)),
      ...fact("With", photo.assignee),
    ),
  ].filter(Boolean)
}

/** How large it is printed, and whether it has pixels enough for that. */
function printFacts({ print: { made, resolution, level }, width, height }) {
  return element(
    "div",
    { className: "print" },
    element("p", { className: "made" }, made),
    resolution && element("p", { className: `resolution is-${level || "unknown"}` }, resolution),
    element("p", { className: "is-quiet" }, pixelSize({ width, height })),
  )
}

function fact(name, value, title) {
  return value ? [element("dt", {}, name), element("dd", { title }, value)] : []
}

function said(who, text) {
  return text && element("p", { className: "said" }, element("b", {}, `${who}: `), text)
}

function due({ due_at: at, is_late: isLate }) {
  return isLate ? element("b", { className: "late" }, `Late by ${age(at)}`) : localTime(at)
}
