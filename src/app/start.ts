/**
 * Fetches the texts of the user's language while the scripts of the page are on their way: these ask for the texts only once they run. The
 * script is built apart, so that it waits for no other.
 */
import { preferredLanguage } from "./i18n/preferred-language.ts";

const link = document.createElement("link");
link.rel = "modulepreload";
link.href = { en: "/en.js", "zh-CN": "/zh.js" }[preferredLanguage()];
document.head.append(link);
