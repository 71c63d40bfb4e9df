/** Loading the shown series ahead of the reader, with a bar per viewport and marks for timing. */
import { imageLoader } from '@cornerstonejs/core';
import { emit } from '../shared/events';
import type { Layout } from './layout';
import type { Pane } from './pane';
import { interleave, outward, runAhead } from './prefetch';

export class Loading {
  /** Frames that are in memory or have failed for good, by image id. */
  private readonly settled = new Set<string>();
  private readonly failed = new Set<string>();
  private run = 0;
  private complete = false;

  constructor(private readonly layout: Layout) {}

  /** (Re)start from the slices shown now; an earlier run ends after its requests in flight. */
  async start(): Promise<void> {
    this.run += 1;
    const mine = this.run;
    const panes = this.layout.panes.filter((pane) => pane.stack);
    const ids = interleave(
      panes.map((pane) => {
        const { imageIds } = pane.stack!;
        return outward(imageIds.length, pane.index).map((index) => imageIds[index]!);
      }),
    );
    panes.forEach((pane) => this.progress(pane));
    await runAhead(
      ids,
      (id) => this.load(id, panes),
      () => mine === this.run,
    );
    if (mine === this.run) this.finish(ids.length);
  }

  private async load(id: string, panes: readonly Pane[]): Promise<void> {
    try {
      await imageLoader.loadAndCacheImage(id);
      this.failed.delete(id);
    } catch (error) {
      this.failed.add(id);
      throw error;
    } finally {
      this.settled.add(id);
      for (const pane of panes) if (pane.stack?.imageIds.includes(id)) this.progress(pane);
    }
  }

  private progress(pane: Pane): void {
    const ids = pane.stack!.imageIds;
    pane.labels.loaded(ids.filter((id) => this.settled.has(id)).length / ids.length);
  }

  private finish(frames: number): void {
    if (this.complete) return;
    this.complete = true;
    performance.mark('all_loaded');
    emit('rr:images-loaded', { ms: performance.now(), frames, failed: this.failed.size });
  }
}
