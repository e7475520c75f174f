// Runs in the page before all else: how long from what a person does until the screen shows it.

/** Where things are: on our desk, inside the component's shadow root; on the plain page. */
const pages = {
  ours: {
    root: () => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
      .map((node) => node.shadowRoot)
      .find((root) => root?.querySelector(".desk")),
    tiles: (root) => root.querySelectorAll(".tile"),
    tile: (root, id) => root.querySelector(`.tile[data-id="${id}"]`),
    id: (tile) => Number(tile.dataset.id),
    image: ".open img",
    handle: ".footer .fact",
    isMarked: (tile) => tile.classList.contains("is-selected"),
    count: (root) => root.querySelector("#selected-count"),
    approve: (root) => root.querySelector(".verdicts .approve"),
    dialog: (root) => root.querySelector("dialog[open]"),
    confirm: "[type=submit]",
    isSaving: (root) => /saving|Taking|answered|connection/.test(root.querySelector(".notice").textContent),
  },
  plain: {
    root: () => document.querySelector(".st-key-approve") && document,
    tiles: (root) => root.querySelectorAll("[class*=st-key-tile_]"),
    tile: (root, id) => root.querySelector(`.st-key-tile_${id}`),
    id: (tile) => Number(/st-key-tile_(\d+)/.exec(tile.className)[1]),
    image: "img",
    handle: "[data-testid=stCheckbox] p",
    isMarked: (tile) => tile.querySelector("input[type=checkbox]").checked,
    count: (root) => root.querySelector("[data-testid=stSidebar] [data-testid=stText]"),
    approve: (root) => root.querySelector(".st-key-approve button"),
    dialog: (root) => root.querySelector("[data-testid=stDialog]"),
    confirm: ".st-key-confirm button",
    isSaving: (root) => root.querySelector("[data-testid=stStatusWidget]") !== null,
  },
}

const PATIENCE = 120_000 // milliseconds: machines are busy

const watch = { page: null, began: 0, waited: null }

const isOnScreen = (node) => {
  const { top, bottom, height } = node.getBoundingClientRect()
  return height > 0 && bottom > 0 && top < innerHeight
}

function look() {
  const root = watch.page.root()
  const tiles = root ? [...watch.page.tiles(root)] : []
  return { root, tiles }
}

const pictureOf = (tile) => tile.querySelector(watch.page.image)
const isLoaded = (image) => image?.complete && image.naturalWidth > 0

const isGone = ({ root, tiles }, ids) =>
  !watch.page.dialog(root) && !tiles.some((tile) => ids.includes(watch.page.id(tile)))

/** What may be waited for; each is asked once in every frame. */
const signs = {
  /** The page counts so many as selected. */
  counts: ({ root }, number) => watch.page.count(root)?.textContent === `${number} selected`,
  /** The tile itself shows it. */
  marked: ({ root }, id) => watch.page.isMarked(watch.page.tile(root, id)),
  asks: ({ root }) => {
    const confirm = watch.page.dialog(root)?.querySelector(watch.page.confirm)
    return Boolean(confirm) && isOnScreen(confirm)
  },
  /** A whole page of tiles without these, and all that is on screen of it can be seen. */
  painted: (seen, total, gone) =>
    seen.tiles.length === total &&
    isGone(seen, gone) &&
    seen.tiles.filter(isOnScreen).every((tile) => isLoaded(pictureOf(tile))),
  saved: (seen, gone) => isGone(seen, gone) && !watch.page.isSaving(seen.root),
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))

/** Messages come after the frame that they were sent in is drawn. */
async function drawn() {
  await nextFrame()
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = resolve
    port2.postMessage(null)
  })
}

/** Of these the first frame counts that has them; of the others, when that frame was drawn. */
const AT_ONCE = ["counts", "marked"]

async function shows(sign, values) {
  const patience = performance.now() + PATIENCE
  for (;;) {
    const seen = look()
    if (seen.root && signs[sign](seen, ...values) && (sign !== "painted" || (await decoded(seen)))) break
    if (performance.now() > patience) throw new Error(`It never ${sign} ${values}`)
    await nextFrame()
  }
  if (!AT_ONCE.includes(sign)) await drawn()
  return performance.now()
}

/** False when a picture was taken away meanwhile. */
async function decoded({ tiles }) {
  const images = tiles.filter(isOnScreen).map(pictureOf)
  const found = await Promise.allSettled(images.map((image) => image.decode()))
  return found.every(({ status }) => status === "fulfilled")
}

/** Milliseconds from the next click or key to each of these signs: [["counts", 3], …]. */
watch.arm = (...wanted) => {
  watch.waited = new Promise((resolve) => {
    const begin = (event) => {
      removeEventListener("click", begin, true)
      removeEventListener("keydown", begin, true)
      const began = event.timeStamp
      const times = wanted.map(async ([sign, ...values]) => (await shows(sign, values)) - began)
      resolve(Promise.all(times))
    }
    addEventListener("click", begin, true)
    addEventListener("keydown", begin, true)
  })
}

/** Milliseconds from the start of the navigation. */
watch.opened = (total) => shows("painted", [total, []])

watch.until = async (sign, ...values) => { await shows(sign, values) }

/** Until nothing more is fetched, ahead neither: a person looks for longer than that. */
watch.quiet = async () => {
  for (let before = -1, now = 0; now !== before; ) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 400))
    now = performance.getEntriesByType("resource").length
  }
}

/** The ids of all tiles, as they stand. */
watch.ids = () => look().tiles.map(watch.page.id)

/** Where a person would click, once it is in sight. */
watch.spot = (what, id) => {
  const { root } = look()
  const { page } = watch
  const node = {
    tile: () => page.tile(root, id).querySelector(page.handle),
    approve: () => page.approve(root),
    confirm: () => page.dialog(root).querySelector(page.confirm),
  }[what]()
  node.scrollIntoViewIfNeeded()
  // Bars may lie over what is at the edge.
  const found = root.elementFromPoint(...middleOf(node))
  if (!node.contains(found) && !found?.contains(node)) node.scrollIntoView({ block: "center" })
  return middleOf(node)
}

function middleOf(node) {
  const { x, y, width, height } = node.getBoundingClientRect()
  return [x + width / 2, y + height / 2]
}

/** Bytes of all that was fetched until then, Streamlit's own files apart. */
watch.fetched = (until) => performance.getEntries()
  .filter(({ name, responseEnd }) => {
    return responseEnd > 0 && responseEnd <= until && !new URL(name).pathname.startsWith("/static/")
  })
  .reduce((sum, { transferSize }) => sum + transferSize, 0)

performance.setResourceTimingBufferSize(20_000)
window.watch = watch
