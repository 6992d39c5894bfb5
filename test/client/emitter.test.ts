import { describe, expect, test } from "vitest";
import { Emitter } from "../../src/client/emitter.ts";

describe("Emitter", () => {
  test("[RES-15] calls a listener once that removes itself and adds another during the event", () => {
    const emitter = new Emitter<{ message: string }>();
    let calls = 0;
    const listen = () => {
      const stop = emitter.on("message", () => {
        calls++;
        stop();
        listen();
      });
    };
    listen();
    emitter.emit("message", "x");
    expect(calls).toBe(1);
    emitter.emit("message", "y");
    expect(calls).toBe(2);
  });

  test("[RES-15] does not call a listener that an earlier one removes", () => {
    const emitter = new Emitter<{ message: string }>();
    const heard: string[] = [];
    emitter.on("message", (text) => {
      heard.push(text);
      stop();
    });
    const stop = emitter.on("message", (text) => heard.push(text));
    emitter.emit("message", "x");
    expect(heard).toEqual(["x"]);
  });
});
