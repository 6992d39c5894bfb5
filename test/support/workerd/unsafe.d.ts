/** The API that workerd offers to tests with `--experimental` and the compatibility flag `unsafe_module`. */
declare module "workerd:unsafe" {
  const unsafe: {
    evict(stub: unknown, options: { webSockets: "hibernate" | "close" }): Promise<void>;
  };
  export default unsafe;
}
