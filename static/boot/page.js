// The page's entry. A file of its own, as the security policy allows no script inside the page.
import "./trusted-types.js";
import init from "../../page.js";

await init();
