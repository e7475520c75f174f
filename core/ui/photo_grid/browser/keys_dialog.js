// All keys at a glance.

import { openDialog } from "./dialog.js"
import { element } from "./element.js"

const KEYS = [
  ["Arrows, h j k l", "Move"],
  ["Space", "Select; with Shift and arrows, several"],
  ["Ctrl A, ⌘ A", "Select all on this page"],
  ["Enter", "Full screen"],
  ["A", "Approve"],
  ["R", "Reject"],
  ["1 – 9", "Choose a reason"],
  ["S", "Set aside"],
  ["U", "Undo"],
  ["C", "Compare with the picture before, in full screen"],
  ["Esc", "Leave"],
  ["?", "These keys"],
]

export function openKeys(desk) {
  const close = element("button", { type: "button", autofocus: true }, "Close")
  const dialog = openDialog(
    desk,
    { name: "Keys", className: "keys" },
    element("h2", {}, "Keys"),
    element(
      "dl",
      {},
      ...KEYS.map(([key, what]) =>
        element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)),
      ),
    ),
    element("div", { className: "choices" }, close),
  )
  close.onclick = () => dialog.close()
}
