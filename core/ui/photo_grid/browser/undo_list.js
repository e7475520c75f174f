// The older actions that may still be taken back, in a list beside the newest.

import { element } from "./element.js"
import { timeLeft, undoables, undoBatch } from "./undos.js"

export function createUndoList(desk) {
  const button = element("button", { type: "button", className: "quiet more" })
  const rows = element("ul", { className: "undos", ariaLabel: "Earlier actions" })
  const list = { button, rows, isOpen: false, drawn: "" }
  button.onclick = () => toggleUndoList(desk)
  return list
}

export function isUndoListOpen({ notices }) {
  return notices.list.isOpen
}

export function toggleUndoList(desk) {
  const { list } = desk.notices
  list.isOpen = !list.isOpen
  desk.changed()
}

export function closeUndoList(desk) {
  desk.notices.list.isOpen = false
  desk.changed()
}

export function drawUndoList(desk, list) {
  const { rows } = list
  const [, ...earlier] = undoables(desk)
  if (!earlier.length) list.isOpen = false
  list.button.hidden = !earlier.length
  list.button.textContent = `${earlier.length} more`
  list.button.ariaExpanded = String(list.isOpen)
  rows.hidden = !list.isOpen
  const what = JSON.stringify(earlier.map(({ batch, label }) => [batch, label]))
  if (list.drawn !== what) rows.replaceChildren(...earlier.map((each) => undoRow(desk, each)))
  list.drawn = what
  earlier.forEach((each, at) => {
    rows.children[at].querySelector(".left").textContent = timeLeft(each)
  })
}

function undoRow(desk, { batch, label }) {
  const undo = element("button", { type: "button", className: "quiet", ariaLabel: `Undo: ${label}` }, "Undo")
  undo.onclick = () => {
    undoBatch(desk, batch)
    desk.notices.list.button.focus() // its row is gone
  }
  return element("li", {}, element("span", {}, label), element("span", { className: "left" }), undo)
}
