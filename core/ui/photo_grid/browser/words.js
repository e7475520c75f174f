// Numbers, times and photos in words.

export function photoCount(count) {
  return count === 1 ? "1 photo" : `${count} photos`
}

/** "" for a photo that is here for the first time. */
export function tryName(cycle) {
  if (cycle < 2) return ""
  return { 2: "Second try", 3: "Third try" }[cycle] ?? `${cycle}th try`
}

export function age(since, now = Date.now()) {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000))
  if (minutes < 1) return "now"
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / (24 * 60))} d`
}

export function localTime(iso) {
  return new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
}

/** 598 is "9:58". */
export function countdown(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

export function pixelSize({ width, height }) {
  return `${width} × ${height} px`
}

/** "30 × 40 cm · 240 ppi, enough"; with the picture's own pixels where a tag says the rest. */
export function printLine(photo) {
  const { size, density } = photo.print
  return `${size} · ${density || pixelSize(photo)}`
}

export function productLine({ product, variant }) {
  return variant ? `${product}, ${variant}` : product
}

export const PAST_OF = { approved: "Approved", rejected: "Rejected", set_aside: "Set aside" }

/** "Rejected 2 photos" */
export function decisionLabel({ verdict, photos }) {
  return `${PAST_OF[verdict]} ${photoCount(photos.length)}`
}

/** What else was done with photos, as it is saved and once it is. */
export function actionLabel(event, count) {
  const photos = photoCount(count)
  return {
    left: `${photos} left for a manager`,
    reminded: `Reminded about ${photos}`,
    taken_back: `Took back ${photos}`,
    kept: `Kept ${photos} as ${count === 1 ? "it is" : "they are"}`,
    attached: `Attached ${photos}`,
    asked_gently: `${photos} asked about gently`,
    asked_as_usual: `${photos} asked about as usual`,
  }[event]
}
