// Which photos a verdict will be about.

import { openPhotos } from "./desk.js"

export function toggle(desk, id) {
  if (desk.selected.has(id)) desk.selected.delete(id)
  else desk.selected.add(id)
  desk.anchor = id
  desk.changed()
}

/** From where the last selection began to here; without a beginning, this photo alone. */
export function selectRange(desk, id) {
  const ids = openPhotos(desk).map((photo) => photo.id)
  const from = ids.indexOf(desk.anchor)
  if (from < 0) desk.anchor = id
  const [first, last] = [from < 0 ? ids.indexOf(id) : from, ids.indexOf(id)].sort((a, b) => a - b)
  for (const each of ids.slice(first, last + 1)) desk.selected.add(each)
  desk.changed()
}

export function selectAll(desk) {
  for (const { id } of openPhotos(desk)) desk.selected.add(id)
  desk.changed()
}

export function clearSelection(desk) {
  desk.selected.clear()
  desk.anchor = null
  desk.changed()
}
