/* Light or dark, as the reader's system is. Not a module: it runs before anything is painted. */
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("pf-v5-theme-dark", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}
