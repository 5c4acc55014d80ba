/** What happened, counted. */
export class Figures {
  requests = 0;
  connections = 0;
  readonly byKind = new Map<string, number>();
  readonly byListener = new Map<string, number>();
  readonly byStatus = new Map<string, number>();
  readonly byCode = new Map<string, number>();
  /** Connections that ended without one answer, by what was sent and how it ended. */
  readonly silent = new Map<string, number>();
  readonly memory: { readonly share: number; readonly bytes: number }[] = [];

  static count(map: Map<string, number>, name: string, by = 1): void {
    map.set(name, (map.get(name) ?? 0) + by);
  }
}
