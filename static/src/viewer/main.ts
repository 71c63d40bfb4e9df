/** Entry of `viewer.js`: mounts the viewer where the page has a place for it. */
import { whenReady } from '../shared/dom';
import { mountViewer } from './viewer';

whenReady(() => {
  const root = document.querySelector<HTMLElement>('#viewer');
  if (root) void mountViewer(root);
});
