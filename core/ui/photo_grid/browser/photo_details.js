// All that is known about a photo, beside its large picture: first what the verdict turns on.

import { element } from "./element.js"
import { findingList } from "./findings.js"
import { cutInWords } from "./frame.js"
import { issueDetails } from "./issue_facts.js"
import { orderLink } from "./order_page.js"
import { badges, saidBy } from "./tiles.js"
import { age, localTime, pixelSize } from "./words.js"

const MOST_LINES = 6
const LONG = 280 // characters, which fill about so many lines

export function photoDetails(desk, photo) {
  const { issue, response_by: by, waiting_since: since } = photo
  return [
    badges(photo),
    photo.is_changed && changeLine(desk, photo),
    issue && issueDetails(desk, photo),
    photo.sha256 && printFacts(photo),
    findingList(photo.findings),
    said(`${photo.left_by} asks a manager`, photo.left_note),
    said(saidBy(by), photo.message),
    said("On the order", photo.note),
    element(
      "dl",
      { className: "facts" },
      ...fact("Product", photo.product),
      ...fact("Variant", photo.variant),
      ...fact("Quantity", String(photo.quantity)),
      ...fact("Crop", cutInWords(photo)),
      ...fact("Animated", photo.is_animated && "Only the first frame is printed"),
      ...fact("Order", orderFact(desk, photo)),
      ...fact("Customer", photo.customer),
      ...fact("E-mail", issue?.email),
      ...(issue ? [] : fact("Waiting", age(since), localTime(since))),
      ...(issue ? [] : fact("Due", due(photo), localTime(photo.due_at))),
      ...fact("With", photo.assignee),
    ),
  ].filter(Boolean)
}

function changeLine(desk, photo) {
  const link = orderLink(desk, photo, "Say which one counts")
  return element("p", { className: "said" }, "The photo on the order has changed. ", link)
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

function orderFact(desk, photo) {
  const { order_name: order, photos_on_order: count } = photo
  return element("span", {}, orderLink(desk, photo, order), count > 1 && `, ${count} photos`)
}

function fact(name, value, title) {
  return value ? [element("dt", {}, name), element("dd", { title }, value)] : []
}

/** Some write a page: it must not push away what the verdict turns on. */
function said(who, text) {
  if (!text) return ""
  const words = element("span", {}, element("b", {}, `${who}: `), text)
  if (text.length < LONG && text.split("\n").length <= MOST_LINES) return element("p", { className: "said" }, words)
  const more = element("button", { type: "button", className: "quiet", ariaExpanded: "false" }, "More")
  const node = element("div", { className: "said is-long" }, words, more)
  more.onclick = () => {
    const isAll = node.classList.toggle("is-all")
    more.ariaExpanded = String(isAll)
    more.textContent = isAll ? "Less" : "More"
  }
  return node
}

function due({ due_at: at, is_late: isLate }) {
  return isLate ? element("b", { className: "late" }, `Late by ${age(at)}`) : localTime(at)
}
