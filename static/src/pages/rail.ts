/** The rail of series on the case page: a click puts a series into the active viewport. */
import { emit } from '../shared/events';

export function setUpRail(root: ParentNode = document): void {
  for (const face of root.querySelectorAll<HTMLElement>('[data-show-series]'))
    face.addEventListener('click', () =>
      emit('rr:show-series', { series: face.dataset['showSeries']! }),
    );
}
