"""What stylesheets and scripts may use: what Chrome 119, Firefox 119 and Safari 17 of late 2023 understand.

Whoever adds a name looks up since when those three have it. What came later goes to LATER, with what is left without.
"""


def listed(words: str) -> set[str]:
    """Return the names that a text lists, spaces between them."""
    return set(words.split())


AT_RULES = listed("@container @layer @media @page @supports")
MEDIA = listed(
    "forced-colors height width pointer prefers-color-scheme prefers-contrast prefers-reduced-motion scripting"
)
SELECTORS = listed("""
    :active :checked :disabled :empty :first-child :focus :focus-visible :hover :is :last-child :not :nth-child :root
    :where ::-moz-progress-bar ::-webkit-details-marker ::-webkit-progress-bar ::-webkit-progress-value ::after
    ::backdrop ::before ::first-letter ::selection
""")
FUNCTIONS = listed("""
    calc clamp color-mix counter cubic-bezier env fit-content inset linear-gradient min minmax oklch repeat
    repeating-linear-gradient selector var
""")
UNITS = listed("% ch deg dvh em fr mm ms pt px rem s svh vh vw")
PROPERTIES = listed("""
    -webkit-font-smoothing -webkit-print-color-adjust -webkit-text-size-adjust accent-color align-content
    align-items align-self appearance background background-image background-position background-repeat
    background-size block-size border border-block border-block-end border-block-start border-block-start-color
    border-collapse border-color border-inline-end border-inline-start border-inline-start-style border-radius
    box-shadow box-sizing break-after break-inside clip-path color color-scheme column-gap container content
    counter-increment counter-reset cursor display fill flex flex-basis flex-direction flex-wrap font font-family
    font-size font-style font-variant-numeric font-weight gap grid-area grid-auto-columns grid-auto-flow
    grid-auto-rows grid-column grid-row grid-template-columns grid-template-rows hyphens inline-size inset
    inset-block inset-block-end inset-block-start inset-inline inset-inline-end inset-inline-start justify-content
    justify-items justify-self letter-spacing line-height list-style margin margin-block margin-block-end
    margin-block-start margin-inline margin-inline-end margin-inline-start max-block-size max-inline-size
    min-block-size min-inline-size opacity order orphans outline outline-offset overflow overflow-wrap overflow-x
    overflow-y padding padding-block padding-block-end padding-block-start padding-inline padding-inline-end
    padding-inline-start place-items pointer-events position print-color-adjust resize rotate scroll-padding-block
    stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-width table-layout text-align text-decoration
    text-decoration-thickness text-overflow text-transform text-underline-offset transform transition translate
    vector-effect vertical-align white-space widows z-index
""")
# Newer than that somewhere: what a browser without it does instead.
LATER = {
    "field-sizing": "a comment has two lines and a handle to make it higher",
    "text-wrap": "lines break where they are full",
    "text-size-adjust": "the prefixed name stands beside it; desktops adjust nothing",
    ":has": "radios and checkboxes draw their own mark; segmented.css asks @supports; the rest only tints",
    ":popover-open": "sidenav.css asks @supports: the menu stands above the page",
    "from": "status.css asks @supports: the tint is the plain one",
}

KEYWORDS = listed(
    "async await break catch const continue delete else finally for if in let new of return throw try typeof"
)
CALLS = listed("""
    Boolean Date Error Event FormData Headers Number Promise Response Set String URL URLSearchParams Uint8Array
    abs add addAll addEventListener ajax all append assign atob btoa catch charCodeAt claim click clone
    cloneNode close closest confirm createElement createObjectStore delete deleteDatabase dispatchEvent
    endsWith entries escape every fetch filter finally find findIndex flatMap floor focus forEach fromCharCode
    fromEntries get getAll getAttribute getClientExtensionResults getElementById getItem getRegistration
    getRegistrations has importScripts includes indexOf join json keys map match matchAll matches max now
    objectStore open padStart parse postMessage preventDefault push put querySelector querySelectorAll race
    randomUUID redirect reduce register reload remove removeAttribute removeItem replace replaceChildren
    request reset respondWith round scrollIntoView select set setAttribute setItem setTimeout showModal
    skipWaiting slice some sort split startsWith stopImmediatePropagation stringify submit text then timeout
    toLocaleDateString transaction trim trimEnd unregister waitUntil
""")
# What navigator is asked for; Firefox lacks sync, and the page then sends when it is open.
NAVIGATOR = listed("credentials locks onLine serviceWorker")
