// Back to what was taken back: its verdict was a mistake, so it is looked at next.

import { openPhotos } from "./desk.js"
import { isDialogOpen } from "./dialog.js"
import { comeBackTo } from "./full_screen.js"
import { activeElement, focusTile } from "./tiles.js"
import { isUndoListOpen } from "./undo_list.js"

export function comeBack(desk) {
  const photo = openPhotos(desk).find(({ id }) => desk.undone.includes(id))
  desk.undone = []
  if (!photo) return
  if (desk.fullScreen) return comeBackTo(desk, desk.fullScreen, photo)
  desk.current = photo.id
  desk.changed()
  if (isAtHand(desk)) focusTile(desk, photo.id)
}

/** Whoever types elsewhere, or takes back one after the other, is left alone. */
function isAtHand(desk) {
  if (isDialogOpen(desk) || isUndoListOpen(desk)) return false
  return activeElement(desk) !== null || document.activeElement === document.body
}
