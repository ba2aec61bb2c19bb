/* Keycloak lists the authenticator apps in an order that changes from one start of the server to the next. This puts
   the three into one order; an app that it does not know stays, after them. */
document.addEventListener("DOMContentLoaded", () => {
  const order = ["Microsoft Authenticator", "FreeOTP", "Google Authenticator"];
  const list = document.getElementById("kc-totp-supported-apps");
  const place = (item) => {
    const known = order.indexOf(item.textContent.trim());
    return known < 0 ? order.length : known;
  };
  list?.append(...[...list.children].sort((one, other) => place(one) - place(other)));
});
