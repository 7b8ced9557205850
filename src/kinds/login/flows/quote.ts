// Texts that a server sent, quoted in a sentence.

/** Longer texts are not quoted at all: half a secret would not be recognised and masked. */
const longest = 300;

/** `"Invalid credentials"`, or how long the text is. */
export const quote = (text: string): string =>
  text.length <= longest ? `"${text}"` : `a text of ${text.length} characters`;

/** The content of a quoted string of an HTTP header (RFC 9110 5.6.4). */
export const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');
