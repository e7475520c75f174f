// The frame of every dialog: it opens over the page, keeps its keys to itself and leaves nothing behind.

import { element } from "./element.js"

/** `onKey` hears every key pressed inside; `onClose` is told which button closed it, if one did. */
export function openDialog(desk, { name, className = "", onKey, onClose }, ...children) {
  const dialog = element("dialog", { className: `dialog ${className}`, ariaLabel: name }, ...children)
  dialog.onkeydown = (event) => {
    onKey?.(event)
    event.stopPropagation() // Streamlit has keys of its own: r runs the page again, c asks to clear
  }
  dialog.onclose = (event) => {
    if (event.target !== dialog) return
    dialog.remove()
    onClose?.(dialog.returnValue)
  }
  dialog.onpointerdown = (event) => {
    if (event.target === dialog && isOutside(dialog, event)) dialog.close()
  }
  desk.root.append(dialog)
  dialog.showModal()
  return dialog
}

export function isDialogOpen(desk) {
  return desk.root.querySelector("dialog[open]") !== null
}

function isOutside(dialog, { clientX: x, clientY: y }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect()
  return x < left || x > right || y < top || y > bottom
}
