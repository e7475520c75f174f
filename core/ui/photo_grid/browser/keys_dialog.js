// All keys at a glance, and which questions are spared today.

import { openDialog } from "./dialog.js"
import { element } from "./element.js"
import { askAgain, unaskedToday } from "./unasked.js"
import { verbKeys } from "./verbs.js"

const MOVING_KEYS = [
  ["Arrows, h j k l", "Move; with Shift, select on the way"],
  ["Space", "Select; or drag over tiles, or click one and Shift-click another"],
  ["Ctrl A, ⌘ A", "Select all on this page"],
  ["Esc", "Clear the selection; leave what is open"],
  ["Enter", "Full screen"],
  ["O", "The order’s page; beside this one while photos are selected"],
]

const UNDO_KEYS = [["U", "Undo; with Shift, the list of the last ten"]]

const LOOKING_KEYS = [
  ["D", "Larger and smaller tiles"],
  ["?", "These keys"],
]

const REJECTION_KEYS = [
  ["1 – 9", "Choose a reason"],
  ["Q W E T Y", "A combination chosen lately"],
  ["I", "Put a sentence into the comment"],
  ["Enter, Ctrl Enter", "Reject"],
]

const FULL_SCREEN_ONLY_KEYS = [
  ["Arrows, h l", "The photo before, the next one"],
  ["Arrows", "While it is closer: look around"],
  ["C", "Compare with the picture before"],
  ["F", "The frame of the product"],
  ["Z, + − 0", "100 %, closer, further, all of it"],
]

const EDITING_KEYS = [
  ["[ ]", "Turn left, turn right"],
  ["X", "Crop to the product; once more, not at all"],
  ["Arrows, + −", "Move the part that stays; larger, smaller"],
  ["O", "Turn the frame, where the product may lie either way"],
  ["B", "Back to the picture as it came"],
  ["Enter, Esc", "Save; cancel"],
]

export function openKeys(desk) {
  const { undoes, edits } = desk.verbs
  const close = element("button", { type: "button", autofocus: true }, "Close")
  const dialog = openDialog(
    desk,
    { name: "Keys", className: "keys" },
    element("h2", {}, "Keys"),
    keyList([...MOVING_KEYS, ...verbKeys(desk), ...(undoes ? UNDO_KEYS : []), ...LOOKING_KEYS]),
    ...(undoes ? [element("h3", {}, "While rejecting"), keyList(REJECTION_KEYS)] : []),
    element("h3", {}, "In full screen"),
    keyList(FULL_SCREEN_ONLY_KEYS),
    ...(edits ? [element("h3", {}, "To turn and crop there"), keyList(EDITING_KEYS)] : []),
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
