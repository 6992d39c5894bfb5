/** What the runtime offers to tests of itself, under the flags `unsafe_module` and `--experimental`. */
declare module "workerd:unsafe" {
  const unsafe: {
    evict(stub: unknown, options: { webSockets: "hibernate" | "close" }): Promise<void>;
  };
  export default unsafe;
}
