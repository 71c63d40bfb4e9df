/** Entry of `pages.js`: everything but the viewer. Each part mounts where its element is. */
import { AiPanel } from '../ai/panel';
import { whenReady } from '../shared/dom';
import { ReadingPage } from '../reading/page';
import { UploadPage } from '../upload/page';
import { setUpConfirm } from './confirm';
import { setUpIndexLesion } from './indexLesion';
import { setUpKeySheet } from './keySheet';
import { setUpOpinion } from './opinion';
import { setUpTables } from './tables';

whenReady(() => {
  setUpKeySheet();
  setUpTables();
  setUpConfirm();
  setUpOpinion();
  setUpIndexLesion();
  const panel = document.querySelector<HTMLElement>('#ai-panel');
  if (panel) void new AiPanel(panel).load();
  const upload = document.querySelector<HTMLElement>('#upload');
  if (upload) new UploadPage(upload);
  const reading = document.querySelector<HTMLElement>('#reading');
  if (reading) new ReadingPage(reading);
});
