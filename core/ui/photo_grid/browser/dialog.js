// The frame of every dialog: it opens over the page, keeps its keys to itself and leaves nothing behind.

import { element } from "./element.js"

/** `onKey` hears every key pressed inside; `onClose` is told which button closed it, if one did. */
export function openDialog(desk, { name, className = "", onKey, onClose }, ...children) {
  // Without a tab index, a click on its words would take the focus out of it, and the keys along.
  const properties = { className: `dialog ${className}`, ariaLabel: name, tabIndex: -1 }
  const dialog = element("dialog", properties, ...children)
  dialog.onkeydown = (event) => {
    onKey?.(event)
    if (event.key === "Enter" && event.target === dialog && !event.repeat) submit(dialog)
    event.stopPropagation() // Streamlit has keys of its own: r runs the page again, c asks to clear
  }
  dialog.onclose = (event) => {
    if (event.target !== dialog) return
    dialog.remove()
    onClose?.(dialog.returnValue)
  }
  closeOnClickOutside(dialog)
  desk.root.append(dialog)
  dialog.showModal()
  return dialog
}

export function isDialogOpen(desk) {
  return desk.root.querySelector("dialog[open]") !== null
}

/** Closed any sooner than by the whole click, the rest of it would be about what lies below. */
function closeOnClickOutside(dialog) {
  let isPressedOutside = false // else text that is selected up to the edge would close it
  const isAt = (event) => event.target === dialog && isOutside(dialog, event)
  dialog.addEventListener("pointerdown", (event) => (isPressedOutside = isAt(event)))
  dialog.addEventListener("click", (event) => isPressedOutside && isAt(event) && dialog.close())
}

function submit(dialog) {
  dialog.querySelector("form")?.requestSubmit(dialog.querySelector("[type=submit]"))
}

function isOutside(dialog, { clientX: x, clientY: y }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect()
  return x < left || x > right || y < top || y > bottom
}
