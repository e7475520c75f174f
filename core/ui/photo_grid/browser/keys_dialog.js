// All keys at a glance, and which questions are spared today.

import { openDialog } from "./dialog.js"
import { element } from "./element.js"
import { askAgain, unaskedToday } from "./unasked.js"

const GRID_KEYS = [
  ["Arrows, h j k l", "Move; with Shift, select on the way"],
  ["Space", "Select; or drag over tiles, or click one and Shift-click another"],
  ["Ctrl A, ⌘ A", "Select all on this page"],
  ["Esc", "Clear the selection; leave what is open"],
  ["Enter", "Full screen"],
  ["A", "Approve"],
  ["R", "Reject"],
  ["S", "Set aside"],
  ["N", "Skip: to the end of the page, undecided"],
  ["M", "Leave for a manager, with a note"],
  ["U", "Undo; with Shift, the list of the last ten"],
  ["D", "Larger and smaller tiles"],
  ["?", "These keys"],
]

const REJECTION_KEYS = [
  ["1 – 9", "Choose a reason"],
  ["Q W E R T", "A combination chosen lately"],
  ["I", "Put a sentence into the comment"],
  ["Enter, Ctrl Enter", "Reject"],
]

const FULL_SCREEN_ONLY_KEYS = [
  ["Arrows, h l", "The photo before, the next one"],
  ["Arrows", "While it is closer: look around"],
  ["C", "Compare with the picture before"],
  ["F", "The crop of the product"],
  ["Z, + − 0", "100 %, closer, further, all of it"],
]

export function openKeys(desk) {
  const close = element("button", { type: "button", autofocus: true }, "Close")
  const dialog = openDialog(
    desk,
    { name: "Keys", className: "keys" },
    element("h2", {}, "Keys"),
    keyList(GRID_KEYS),
    element("h3", {}, "While rejecting"),
    keyList(REJECTION_KEYS),
    element("h3", {}, "In full screen"),
    keyList(FULL_SCREEN_ONLY_KEYS),
    asking(desk),
    element("div", { className: "choices" }, close),
  )
  close.onclick = () => dialog.close()
}

function keyList(keys) {
  return element(
    "dl",
    {},
    ...keys.map(([key, what]) =>
      element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)),
    ),
  )
}

/** null while every question is asked. */
function asking(desk) {
  const verbs = unaskedToday(desk)
  if (!verbs.length) return null
  const button = element("button", { type: "button" }, "Ask again")
  const node = element(
    "div",
    { className: "asking" },
    element("span", {}, `Not asked today, for few photos: ${verbs.join(", ")}`),
    button,
  )
  button.onclick = () => {
    askAgain(desk)
    node.replaceChildren("You are asked again.")
  }
  return node
}
