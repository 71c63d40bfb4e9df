/** Entry of `pages.js`: everything but the viewer. Each part mounts where its element is. */
import { AiPanel } from '../ai/panel';
import { whenReady } from '../shared/dom';
import { ReadingPage } from '../reading/page';
import { UploadPage } from '../upload/page';
import { setUpConfirm } from './confirm';
import { fillFragments } from './fragments';
import { setUpFreshToken } from './freshToken';
import { setUpGiven } from './given';
import { setUpIndexLesion } from './indexLesion';
import { setUpKeySheet } from './keySheet';
import { setUpNames } from './names';
import { setUpOpinion } from './opinion';
import { setUpRail } from './rail';
import { setUpTables } from './tables';

whenReady(() => {
  setUpKeySheet();
  setUpTables();
  setUpConfirm();
  setUpOpinion();
  setUpIndexLesion();
  setUpGiven();
  setUpFreshToken();
  setUpRail();
  setUpNames();
  mountAiPanel(document);
  void fillFragments(mountAiPanel);
  const upload = document.querySelector<HTMLElement>('#upload');
  if (upload) new UploadPage(upload);
  const reading = document.querySelector<HTMLElement>('#reading');
  if (reading) new ReadingPage(reading);
});

function mountAiPanel(root: ParentNode): void {
  const panel = root.querySelector<HTMLElement>('#ai-panel');
  if (panel) void new AiPanel(panel).load();
}
