/** Short-lived frame tokens: renewed after 2/3 of their life, when the next frame is asked for. */

export interface TokenAnswer {
  tokens: Record<string, string>;
  expires_in: number;
}

export interface TokenSource {
  /** Tokens that came with the manifest. */
  tokens: Record<string, string>;
  /** Their lifetime in seconds. */
  expiresIn: number;
  renew: () => Promise<TokenAnswer>;
  now?: () => number;
}

export class Tokens {
  private tokens: Record<string, string>;
  private renewAt: number;
  private renewing: Promise<void> | null = null;
  private readonly now: () => number;

  constructor(private readonly source: TokenSource) {
    this.now = source.now ?? (() => performance.now());
    this.tokens = source.tokens;
    this.renewAt = this.due(source.expiresIn);
  }

  /** The token of a series, fresh enough to last for the request. */
  async of(series: string): Promise<string> {
    if (this.now() >= this.renewAt) await this.renew();
    return this.tokens[series] ?? '';
  }

  /** Fetch new tokens; several callers share one request. */
  renew(): Promise<void> {
    this.renewing ??= this.source
      .renew()
      .then(({ tokens, expires_in }) => {
        this.tokens = { ...this.tokens, ...tokens };
        this.renewAt = this.due(expires_in);
      })
      .finally(() => {
        this.renewing = null;
      });
    return this.renewing;
  }

  private due(lifetimeSeconds: number): number {
    return this.now() + (lifetimeSeconds * 1000 * 2) / 3;
  }
}
