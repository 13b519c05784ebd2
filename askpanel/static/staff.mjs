// What staff pages do beyond the live page: keys for the lists, leases kept while writing, and no
// commands in sight that this viewer could only be refused.

import { listenForKeys } from './keys.mjs';
import { renewLeases } from './lease.mjs';
import { fitToViewer } from './viewer.mjs';

listenForKeys();
renewLeases();
fitToViewer();
