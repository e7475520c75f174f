// Which photos a verdict will be about.

import { openPhotos } from "./desk.js"

export function toggle(desk, id) {
  if (desk.selected.has(id)) desk.selected.delete(id)
  else desk.selected.add(id)
  beginRange(desk, id)
  desk.changed()
}

/** What is extended from now on begins here. */
export function beginRange(desk, id) {
  desk.anchor = id
  desk.range.clear()
}

/** From where the last selection began to here, in place of the range before: it also shrinks. */
export function selectRange(desk, id) {
  const ids = openPhotos(desk).map((photo) => photo.id)
  const from = ids.indexOf(desk.anchor)
  if (from < 0) beginRange(desk, id)
  for (const each of desk.range) desk.selected.delete(each)
  desk.range.clear()
  const [first, last] = [from < 0 ? ids.indexOf(id) : from, ids.indexOf(id)].sort((a, b) => a - b)
  for (const each of ids.slice(first, last + 1)) {
    // What was selected before the range stays when the range leaves it.
    if (!desk.selected.has(each)) desk.range.add(each)
    desk.selected.add(each)
  }
  desk.changed()
}

export function selectAll(desk) {
  for (const { id } of openPhotos(desk)) desk.selected.add(id)
  desk.changed()
}

export function clearSelection(desk) {
  desk.selected.clear()
  beginRange(desk, null)
  desk.changed()
}
