// All that is known about a photo, beside its large picture.

import { element } from "./element.js"
import { findingList } from "./findings.js"
import { picture } from "./pictures.js"
import { badges } from "./tiles.js"
import { age, localTime, pixelSize } from "./words.js"

export function photoDetails(photo) {
  const { waiting_since: since, photos_on_order: count } = photo
  return [
    badges(photo),
    findingList(photo.findings),
    element(
      "dl",
      { className: "facts" },
      ...fact("Order", photo.order_name + (count > 1 ? `, ${count} photos` : "")),
      ...fact("Product", photo.product),
      ...fact("Variant", photo.variant),
      ...fact("Quantity", String(photo.quantity)),
      ...fact("Print", photo.print.made),
      ...fact("Resolution", photo.print.resolution),
      ...fact("Picture", pixelSize(photo)),
      ...fact("Animated", photo.is_animated && "Only the first frame is printed"),
      ...fact("Customer", photo.customer),
      ...fact("Waiting", age(since), localTime(since)),
      ...fact("With", photo.assignee),
      ...fact("Customer says", photo.message),
      ...fact("Note on the order", photo.note),
    ),
    before(photo.earlier),
  ].filter(Boolean)
}

function fact(name, value, title) {
  return value ? [element("dt", {}, name), element("dd", { title }, value)] : []
}

function before(earlier) {
  if (!earlier) return null
  const { sha256, reasons, comment, reviewer, decided_at: at } = earlier
  return element(
    "div",
    { className: "before" },
    element("h3", {}, "Before"),
    sha256 && picture(sha256, "grid", { alt: "The picture before", width: 96, height: 96 }),
    element("p", {}, reasons.join(", ")),
    comment && element("p", {}, element("q", {}, comment)),
    element("p", { className: "is-quiet" }, [reviewer, localTime(at)].filter(Boolean).join(", ")),
  )
}
