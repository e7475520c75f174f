// Photos passed over for now: they wait at the end of the page, for as long as the grid is open.

import { openPhotos } from "./desk.js"
import { focusTile } from "./tiles.js"

export function skippedLast({ skipped }, photos) {
  if (!skipped.size) return photos
  const order = [...skipped]
  const place = ({ id }) => order.indexOf(id) // -1 for what was not skipped
  return photos.toSorted((one, other) => place(one) - place(other))
}

/** Moves on to the next photo that was not; a photo skipped again goes to the very end. */
export function skip(desk, photos) {
  const ids = photos.map(({ id }) => id)
  const open = openPhotos(desk).map(({ id }) => id)
  const after = open.slice(open.indexOf(ids.at(-1)) + 1)
  const next = [...after, ...open].find((id) => !ids.includes(id))
  for (const id of ids) {
    desk.skipped.delete(id)
    desk.skipped.add(id)
    desk.selected.delete(id)
  }
  desk.current = next ?? desk.current
  desk.changed()
  focusTile(desk, desk.current)
}
