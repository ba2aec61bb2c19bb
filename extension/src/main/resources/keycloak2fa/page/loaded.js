/* Says where a part of the page did not come: without one of its modules, or its texts, none of the others runs or speaks.
   Not a module itself, and in English, as no text may have come. */
{
  const tell = () => {
    const main = document.getElementById("main");
    // Once the page has shown what there is to show, all its parts are there.
    if (main.getAttribute("aria-busy") === "true") {
      document.getElementById("not-loaded").hidden = false;
      main.setAttribute("aria-busy", "false");
    }
  };
  // A script's error stops at the script: it is seen on its way down alone.
  addEventListener("error", ({ target }) => target instanceof HTMLScriptElement && tell(), true);
  addEventListener("unhandledrejection", tell);
}
