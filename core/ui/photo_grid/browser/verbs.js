// What may be done with photos, on each desk: buttons, keys and the list of keys are made of it.

import { chooseFile } from "./attaching.js"
import { say } from "./desk.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"
import { isSeen, isStartled, pass } from "./full_screen.js"
import { askGently, copyLink, printAsItIs, remind, takeBack } from "./issue_verbs.js"
import { openLeaving } from "./leaving.js"
import { skip } from "./skipping.js"
import { approve, reject, setAside } from "./verdicts.js"

/**
 * `verdicts` stand on the right, the weightiest last; `asides` before them. `short` is the name where
 * there is little room. `explained` is what the list of keys says. `needsSight` keeps a verb from a picture
 * that has not been seen, `single` is about one photo, `inFullScreen` takes the place of `act` there.
 * One that `isRare` has no button in the toolbar.
 */
const DESKS = {
  review: {
    undoes: true,
    edits: true,
    asides: [
      {
        name: "Skip",
        key: "N",
        className: "quiet skip",
        explained: "Skip: to the end of the page, undecided",
        act: skip,
        inFullScreen: pass,
      },
      {
        name: "For a manager",
        short: "Manager",
        key: "M",
        className: "quiet",
        explained: "Leave for a manager, with a note",
        act: openLeaving,
      },
    ],
    verdicts: [
      { name: "Set aside", key: "S", className: "set-aside", needsSight: true, act: setAside },
      { name: "Reject", key: "R", className: "reject", needsSight: true, act: reject },
      { name: "Approve", key: "A", className: "approve", needsSight: true, act: approve },
    ],
  },
  issues: {
    undoes: false,
    edits: false,
    asides: [
      {
        name: "Customer's link",
        short: "Link",
        key: "Y",
        className: "quiet",
        explained: "Copy the customer's link",
        single: true,
        act: copyLink,
      },
      {
        name: "Attach a photo",
        short: "Attach",
        key: "T",
        className: "quiet",
        explained: "Attach a photo that came another way; or drop it on the tile, or paste it in full screen",
        single: true,
        act: chooseFile,
      },
      {
        name: "Gentle",
        key: "G",
        className: "quiet",
        explained: "Ask gently about these orders, or as usual again",
        isRare: true,
        act: askGently,
      },
    ],
    verdicts: [
      { name: "Print as it is", short: "Print as is", key: "P", needsSight: true, act: printAsItIs },
      { name: "Take back", key: "B", act: takeBack },
      { name: "Remind now", short: "Remind", key: "R", className: "approve", act: remind },
    ],
  },
}

export function verbsOf(kind) {
  return DESKS[kind]
}

/** As rows of the list of keys, the weightiest first. */
export function verbKeys({ verbs: { verdicts, asides } }) {
  return [...verdicts.toReversed(), ...asides].map(({ key, name, explained = name }) => [key, explained])
}

/** `key` as `keyOf` tells it; a capital is never a verb's. */
export function verbOn({ verbs: { verdicts, asides } }, key) {
  return [...verdicts, ...asides].find((verb) => verb.key.toLowerCase() === key)
}

/** `photosMeant` is asked when a button is pressed; `describedBy` counts them, as the button does. */
export function verbButtons(desk, verbs, photosMeant, describedBy) {
  return verbs.map((verb) => {
    const { name, short, key, className } = verb
    const count = describedBy && element("span", { className: "number" })
    const node = verbButton(name, { key, short, className, "aria-describedby": describedBy }, count)
    node.onclick = () => isDisabled(node) || actOn(desk, verb, photosMeant())
    return node
  })
}

export function drawVerbButtons(buttons, verbs, selected) {
  buttons.forEach((node, at) => {
    setDisabled(node, verbs[at].single ? selected !== 1 : selected === 0)
    const count = node.querySelector(".number")
    if (count) count.textContent = selected || ""
  })
}

export function actOn(desk, verb, photos) {
  if (verb.single && photos.length > 1) say(desk, `${verb.name}: one photo at a time.`)
  else verb.act(desk, photos)
}

/** What it means in full screen: the photo that is seen there, and no other. */
export function actOnSeen(desk, view, verb) {
  if (isStartled(view) || (verb.needsSight && !isSeen(desk, view))) return
  if (verb.inFullScreen) verb.inFullScreen(desk, view)
  else verb.act(desk, [view.photo])
}
