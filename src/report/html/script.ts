// The only script of the page: it copies the report as Markdown. Everything else works without one.

/** Runs in a browser. Where the clipboard is refused, the text is shown and selected instead. */
export const script = `(() => {
const button = document.getElementById('copy'), text = document.getElementById('markdown'), said = document.getElementById('copied');
const select = () => {
  document.getElementById('as-markdown').open = true;
  getSelection().selectAllChildren(text);
  return document.execCommand('copy');
};
button.hidden = false;
button.addEventListener('click', async () => {
  let done = false;
  try { await navigator.clipboard.writeText(text.textContent); done = true; } catch { done = select(); }
  said.textContent = done ? 'Copied' : 'The text is selected below: copy it with Ctrl+C or Cmd+C';
});
})();`;
