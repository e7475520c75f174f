// Added to watch.js for the reviewer who has only the keyboard: what is meant, and what follows.

const fullScreen = (root) => root.querySelector("dialog.full-screen[open]")
const question = (root) => root.querySelector("dialog[open]:not(.full-screen)")
const focused = (root) => root.activeElement

/** In full screen the photo that is seen there; else the tile that the keyboard is on. */
function current({ root, tiles }) {
  const view = fullScreen(root)
  if (!view) return tiles.find((tile) => tile.tabIndex === 0)
  const name = view.querySelector(".place strong").textContent
  return tiles.find((tile) => tile.ariaLabel === name)
}

function canBeSeen(seen) {
  const view = fullScreen(seen.root)
  const tile = current(seen)
  if (!tile) return false
  if (view) return view.querySelector(".stage").ariaBusy === "false"
  return isOnScreen(tile) && isLoaded(pictureOf(tile))
}

Object.assign(signs, {
  asked: ({ root }) => question(root) !== null,
  /** These are gone and the next photo is to be looked at; after the last one, nothing is. */
  follows: (seen, gone, isLast) =>
    !question(seen.root) &&
    !seen.tiles.some((tile) => gone.includes(watch.page.id(tile))) &&
    (isLast ? seen.tiles.length === 0 : canBeSeen(seen)),
  returned: ({ tiles }, ids) => {
    const shown = tiles.map(watch.page.id)
    return ids.every((id) => shown.includes(id))
  },
  opened: (seen) => fullScreen(seen.root) !== null && canBeSeen(seen),
  closed: (seen) => !seen.root.querySelector("dialog[open]") && canBeSeen(seen),
})

/** What a verdict would be about; nothing where the keyboard is on no tile. */
watch.meant = () => {
  const seen = look()
  const { root, tiles } = seen
  const selected = fullScreen(root) ? [] : tiles.filter(watch.page.isMarked)
  const isAnywhere = fullScreen(root) || focused(root)?.closest(".tile, dialog")
  const meant = selected.length ? selected : isAnywhere ? [current(seen)] : []
  return meant.map(watch.page.id)
}

watch.isTyping = () => focused(look().root)?.matches("textarea") ?? false
