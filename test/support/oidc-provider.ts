import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

type Grant = { sub: string; nonce: string; challenge: string; redirectUri: string };

/** An OpenID provider with real keys: discovery, authorization code with PKCE, and a key set. It signs in whom it is told to. */
export class OidcProvider {
  readonly issuer: string;
  readonly clientId = "rooms";
  readonly clientSecret = "a secret of the client";
  /** The person that signs in next; undefined refuses. */
  user: { sub: string; name?: string } | undefined;
  /** Claims that replace those of the next ID tokens. */
  claims: Record<string, unknown> = {};
  readonly #server: Server;
  readonly #grants = new Map<string, Grant>();

  private constructor(server: Server, port: number, keys: CryptoKeyPair, jwks: object) {
    this.#server = server;
    this.issuer = `http://localhost:${port}`;
    server.on("request", async (request, response) => {
      const url = new URL(request.url ?? "/", this.issuer);
      const json = (body: object, status = 200) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (url.pathname === "/.well-known/openid-configuration") return json(this.#configuration());
      if (url.pathname === "/keys") return json(jwks);
      if (url.pathname === "/authorize") {
        response.writeHead(303, { location: this.#authorize(url.searchParams) }).end();
        return;
      }
      let body = "";
      for await (const chunk of request) body += chunk;
      const form = new URLSearchParams(body);
      const grant = this.#grants.get(form.get("code") ?? "");
      this.#grants.delete(form.get("code") ?? "");
      const proof = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      const isOwn = proof === grant?.challenge && form.get("redirect_uri") === grant.redirectUri;
      if (grant === undefined || !isOwn) return json({ error: "invalid_grant" }, 400);
      const { issuer: iss, clientId: aud } = this;
      const { sub, nonce } = grant;
      const id = await new SignJWT({ iss, aud, sub, nonce, name: this.user?.name, ...this.claims })
        .setProtectedHeader({ alg: "RS256", kid: "one" })
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(keys.privateKey);
      return json({ access_token: "unused", token_type: "Bearer", id_token: id });
    });
  }

  static async start(): Promise<OidcProvider> {
    const keys = await generateKeyPair("RS256", { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256", use: "sig" };
    const server = createServer();
    server.listen(0, "localhost");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    return new OidcProvider(server, address.port, keys as CryptoKeyPair, { keys: [jwk] });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #configuration(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      code_challenge_methods_supported: ["S256"],
    };
  }

  /** The address that the person's browser goes to. */
  #authorize(params: URLSearchParams): string {
    const back = new URL(params.get("redirect_uri") ?? "");
    back.searchParams.set("state", params.get("state") ?? "");
    if (this.user === undefined || params.get("code_challenge_method") !== "S256") {
      back.searchParams.set("error", "access_denied");
      return back.href;
    }
    const code = randomBytes(16).toString("hex");
    this.#grants.set(code, {
      sub: this.user.sub,
      nonce: params.get("nonce") ?? "",
      challenge: params.get("code_challenge") ?? "",
      redirectUri: back.origin + back.pathname,
    });
    back.searchParams.set("code", code);
    return back.href;
  }
}
