// The places of the tiles: what is on the page keeps its own, whatever comes in meanwhile.

/** What is new goes behind, until the server says that this is another arrangement. */
export function inPlace(desk, data) {
  const rows = [...data.photos, ...data.upcoming]
  const before = new Set([...desk.data.photos, ...desk.data.upcoming].map(({ id }) => id))
  const done = new Set(data.outcome?.done)
  // Decided on another page and taken back on this one, nobody would find it behind all others.
  const isFromAfar = rows.some(({ id }) => done.has(id) && !desk.places.has(id))
  if (data.arrangement !== desk.arrangement || isFromAfar) desk.places.clear()
  desk.arrangement = data.arrangement
  for (const { id } of rows) {
    // What this person takes back has its place; what comes back otherwise is new.
    if (!before.has(id) && !done.has(id)) desk.places.delete(id)
    desk.places.add(id)
  }
  const places = new Map([...desk.places].map((id, at) => [id, at]))
  rows.sort((one, other) => places.get(one.id) - places.get(other.id))
  const { length } = data.photos
  return { ...data, photos: rows.slice(0, length), upcoming: rows.slice(length) }
}
