// Pure: text for a page. What a page of the gateway shows comes from requests, and nothing of it may become markup.

/** C0 but for white space, and lone surrogates: not allowed in HTML in any spelling. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/gu

/** The text as it may stand between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(UNALLOWED, '\ufffd').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
