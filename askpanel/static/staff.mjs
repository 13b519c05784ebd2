// What staff pages do beyond the live page: keys for the lists, new questions that wait until they
// are asked for, filters, undo, one command for several questions, leases kept while one works, and
// no commands in sight that this viewer could only be refused; unread words of colleagues, and alarms.

import { alertLead } from './alert.mjs';
import { holdArrivals } from './arrivals.mjs';
import { selectMany } from './bulk.mjs';
import { bringWords } from './fill.mjs';
import { filterLists } from './filter.mjs';
import { listenForKeys } from './keys.mjs';
import { renewLeases } from './lease.mjs';
import { keepLocks } from './locks.mjs';
import { countRemarks } from './remarks.mjs';
import { offerUndo } from './undo.mjs';
import { fitToViewer } from './viewer.mjs';

listenForKeys();
holdArrivals();
filterLists();
selectMany();
offerUndo();
renewLeases();
keepLocks();
bringWords();
fitToViewer();
countRemarks();
alertLead();
