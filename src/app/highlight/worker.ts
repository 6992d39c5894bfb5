import bash from "@speed-highlight/core/languages/bash.js";
import c from "@speed-highlight/core/languages/c.js";
import css from "@speed-highlight/core/languages/css.js";
import diff from "@speed-highlight/core/languages/diff.js";
import docker from "@speed-highlight/core/languages/docker.js";
import go from "@speed-highlight/core/languages/go.js";
import html from "@speed-highlight/core/languages/html.js";
import java from "@speed-highlight/core/languages/java.js";
import js from "@speed-highlight/core/languages/js.js";
import jsdoc from "@speed-highlight/core/languages/jsdoc.js";
import json from "@speed-highlight/core/languages/json.js";
import py from "@speed-highlight/core/languages/py.js";
import regex from "@speed-highlight/core/languages/regex.js";
import rs from "@speed-highlight/core/languages/rs.js";
import sql from "@speed-highlight/core/languages/sql.js";
import todo from "@speed-highlight/core/languages/todo.js";
import toml from "@speed-highlight/core/languages/toml.js";
import ts from "@speed-highlight/core/languages/ts.js";
import xml from "@speed-highlight/core/languages/xml.js";
import yaml from "@speed-highlight/core/languages/yaml.js";
import { type ShjLanguageData, tokenizeWith } from "@speed-highlight/core/tokenize";
import type { CodeToken, HighlightAnswer, HighlightRequest } from "./token.ts";

/** Each language of languages.ts, and those that they embed. */
const languages = {
  ...{ bash, c, css, diff, docker, go, html, java, js, json, py, rs, sql, toml, ts, xml, yaml },
  ...{ jsdoc, regex, todo },
} as unknown as Readonly<Record<string, ShjLanguageData>>;

/** Splits code into tokens, beside the page: some code takes the highlighter longer than a page may stand still. */
addEventListener("message", ({ data: { id, text, language } }: MessageEvent<HighlightRequest>) => {
  const tokens: CodeToken[] = [];
  const add = (piece: string, type?: string) => {
    const last = tokens.at(-1);
    if (last !== undefined && last[1] === type) last[0] += piece;
    else if (piece !== "") tokens.push(type === undefined ? [piece] : [piece, type]);
  };
  const grammar = languages[language];
  if (grammar === undefined) add(text);
  else tokenizeWith(text, grammar, add, { languages });
  const answer: HighlightAnswer = { id, tokens };
  (postMessage as (message: unknown) => void)(answer);
});
