// One tile for each photo, kept by its id: what has not changed is not touched, so nothing flickers.

import { drawAttaching } from "./attaching.js"
import { dismiss, isSettled, shownPhotos } from "./desk.js"
import { element } from "./element.js"
import { findingTags } from "./findings.js"
import { openFullScreen } from "./full_screen.js"
import { issueOnTile, waitingForCustomer } from "./issue_facts.js"
import { orderLink } from "./order_page.js"
import { picture } from "./pictures.js"
import { selectRange, toggle } from "./selection.js"
import { age, localTime, printLine, productLine, tryName } from "./words.js"

/** What a screen reader says of a tile, besides its name. */
const DESCRIBING = ["selected", "badges", "refusal", "facts"]

export function createTiles(desk) {
  const node = element("div", { className: "tiles" })
  const tiles = { node, drawn: new Map(), wasFocused: false } // id -> { node, photo, what }
  node.onclick = (event) => click(desk, event)
  node.addEventListener("focusin", ({ target }) => {
    desk.current = idOf(target)
    markTiles(desk, tiles)
  })
  return tiles
}

export function drawTiles(desk, tiles) {
  const isFocused = tiles.node.contains(activeElement(desk)) || isWaitedFor(tiles)
  const drawn = new Map(shownPhotos(desk).map((photo) => [photo.id, kept(desk, tiles, photo)]))
  desk.current = nearest(tiles, drawn, desk.current)
  for (const [id, { node }] of tiles.drawn) if (drawn.get(id)?.node !== node) node.remove()
  tiles.drawn = drawn
  let next = tiles.node.firstChild
  for (const { node } of drawn.values()) {
    if (node === next) next = next.nextSibling
    else tiles.node.insertBefore(node, next)
  }
  markTiles(desk, tiles)
  if (isFocused && !tiles.node.contains(activeElement(desk))) focusTile(desk, desk.current)
  tiles.wasFocused = isFocused && !drawn.size
}

/** Decisions may outrun the rows; the keyboard goes on with the first that comes. */
function isWaitedFor({ wasFocused }) {
  return wasFocused && document.activeElement === document.body
}

/** The tile that the keyboard goes on from: the same, else the next that is left, else the last. */
function nearest(tiles, drawn, id) {
  if (drawn.has(id)) return id
  const after = [...tiles.drawn.keys()].slice(Math.max(0, positionOf(tiles, id)))
  return after.find((each) => drawn.has(each)) ?? [...drawn.keys()].at(id === null ? 0 : -1) ?? null
}

export function focusTile(desk, id) {
  desk.tiles.drawn.get(id)?.node.focus()
}

/** Moves by tiles, or by rows as they stand on this screen; returns the photo arrived at. */
export function moveFocus(desk, { tiles: by = 0, rows = 0 }) {
  const nodes = [...desk.tiles.node.children]
  const columns = nodes.filter((node) => node.offsetTop === nodes[0].offsetTop).length
  const from = positionOf(desk.tiles, desk.current)
  const isInside = desk.tiles.node.contains(activeElement(desk))
  const to = isInside ? from + by + rows * columns : from
  const id = idOf(nodes[to] ?? nodes[from])
  focusTile(desk, id)
  return id
}

export function activeElement(desk) {
  return desk.root.getRootNode().activeElement
}

function idOf(node) {
  const tile = node?.closest(".tile")
  return tile ? Number(tile.dataset.id) : null
}

function positionOf(tiles, id) {
  return [...tiles.drawn.keys()].indexOf(id)
}

function click(desk, event) {
  const id = idOf(event.target)
  if (id === null) return
  const { photo } = desk.tiles.drawn.get(id)
  if (event.target.closest("a")) return
  if (event.target.closest("button.open")) openFullScreen(desk, photo)
  else if (event.target.closest(".dismiss")) dismiss(desk, id)
  else if (event.target.closest(".footer") && !isSettled(desk, photo)) {
    if (event.shiftKey) selectRange(desk, id)
    else toggle(desk, id)
  }
}

/** The tile as it was, unless what it shows has changed. */
function kept(desk, tiles, photo) {
  const refusal = desk.refused.get(photo.id)?.message ?? null
  const what = JSON.stringify([photo, refusal, isSettled(desk, photo), desk.reminded.has(photo.id)])
  const before = tiles.drawn.get(photo.id)
  if (before?.what === what) return before
  return { node: tile(desk, photo, refusal), photo, what }
}

function markTiles(desk, tiles) {
  for (const [id, { node, photo }] of tiles.drawn) {
    const tabIndex = id === desk.current ? 0 : -1
    node.tabIndex = tabIndex
    for (const control of node.querySelectorAll("button, input")) control.tabIndex = tabIndex
    node.classList.toggle("is-selected", desk.selected.has(id))
    node.classList.toggle("is-skipped", desk.skipped.has(id))
    node.querySelector(".selected").textContent = desk.selected.has(id) ? "Selected" : ""
    const checkbox = node.querySelector("input")
    if (checkbox) checkbox.checked = desk.selected.has(id)
    const attaching = node.querySelector(".attaching")
    if (attaching) drawAttaching(desk, attaching, photo)
  }
}

function tile(desk, photo, refusal) {
  const settled = isSettled(desk, photo)
  const { id, label } = photo
  const marks = badges(photo)
  if (marks) marks.id = `badges-${id}`
  return element(
    "div",
    {
      className: settled ? "tile is-settled" : "tile",
      role: "group",
      ariaLabel: label,
      "aria-describedby": DESCRIBING.map((part) => `${part}-${id}`).join(" "),
      "data-id": id,
    },
    element("span", { id: `selected-${id}`, className: "selected", hidden: true }),
    shownPicture(photo, settled),
    marks,
    refusal && refused(photo, refusal),
    photo.issue && element("div", { className: "attaching", hidden: true }),
    footer(desk, photo, settled),
    ...(photo.issue ? [] : storyOf(photo)),
  )
}

/** What became of a photo is told here; there is nothing to look at any more. */
function shownPicture(photo, settled) {
  const { label, sha256, width, height } = photo
  const shown = picture(sha256, "grid", { alt: `Photo for ${productLine(photo)}`, width, height })
  if (settled) return element("div", { className: "open" }, shown)
  return element("button", { type: "button", className: "open", ariaLabel: `Open ${label} full screen` }, shown)
}

/** `staff` is who of them answered for the customer, if anybody. */
export const saidBy = (staff) => (staff ? `${staff}, for the customer` : "The customer says")

function storyOf({ earlier: before, message, note, left_note: left, left_by: leaver, response_by: by }) {
  return [
    earlier(before),
    message && remark(saidBy(by), message),
    note && remark("On the order", note),
    left && remark(`${leaver} asks a manager`, left),
  ]
}

export function badges(photo) {
  const names = [
    ...(photo.issue ? [] : reviewBadges(photo)),
    photo.is_changed && element("li", { className: "badge is-changed" }, "New photo on order"),
  ].filter(Boolean)
  return names.length ? element("ul", { className: "badges" }, ...names) : null
}

function reviewBadges({ cycle, response, response_by: by, left_note: left }) {
  const second = tryName(cycle)
  return [
    second && element("li", { className: "badge is-try" }, second),
    response === "kept" && element("li", { className: "badge is-kept" }, by ? `${by} keeps it` : "Customer keeps it"),
    left && element("li", { className: "badge is-left" }, "For a manager"),
    response === "asked" && element("li", { className: "badge is-asked" }, "Customer asks"),
  ]
}

function footer(desk, photo, settled) {
  const { id, label, order_name: order, quantity } = photo
  return element(
    "div",
    { className: "footer" },
    !settled && element("input", { type: "checkbox", ariaLabel: `Select ${label}` }),
    element(
      "div",
      { className: "facts", id: `facts-${id}` },
      element(
        "div",
        { className: "fact" },
        element("strong", {}, order),
        linkBeside(desk, photo),
        element("span", { className: "count" }, `× ${quantity}`),
        photo.issue ? waitingForCustomer(photo) : waiting(photo),
      ),
      element("div", { className: "product", title: productLine(photo) }, productLine(photo)),
      ...(photo.issue ? [issueOnTile(desk, photo)] : printOnTile(photo)),
    ),
  )
}

/** The number itself selects, as all around it. No stop on the way: the keyboard has a key for it. */
function linkBeside(desk, photo) {
  const ariaLabel = `Order ${photo.order_name}`
  return orderLink(desk, photo, "›", { ariaLabel, title: "The order’s page", tabIndex: -1 })
}

function printOnTile(photo) {
  return [
    element(
      "div",
      { className: "fact is-quiet print" },
      element("span", { className: `level is-${photo.print.level}` }, printLine(photo)),
      ofOrder(photo),
    ),
    findingTags(photo.findings),
  ]
}

function waiting({ waiting_since: since, due_at: due, is_late: isLate }) {
  return element(
    "time",
    { dateTime: since, title: `Since ${localTime(since)}, due ${localTime(due)}` },
    age(since),
    isLate && " ",
    isLate && element("b", { className: "late" }, "late"),
  )
}

function ofOrder({ photos_on_order: count }) {
  return count > 1 && element("span", {}, `${count} on the order`)
}

function refused({ id }, message) {
  return element(
    "div",
    { className: "refusal", id: `refusal-${id}` },
    element("span", {}, message),
    element("button", { type: "button", className: "dismiss" }, "OK"),
  )
}

function earlier(before) {
  if (!before) return null
  const { sha256, reasons, comment } = before
  return element(
    "div",
    { className: "earlier" },
    sha256 && picture(sha256, "grid", { alt: "The picture before", width: 48, height: 48 }),
    element(
      "div",
      { className: "clamped" },
      element("b", {}, "Before: "),
      reasons.join(", "),
      comment && element("q", {}, comment),
    ),
  )
}

function remark(who, text) {
  return element(
    "div",
    { className: "remark clamped", title: text },
    element("b", {}, `${who}: `),
    text,
  )
}
