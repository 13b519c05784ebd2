// What the panel's desk does beyond the live page.

import { keepWriting } from './deskkeep.mjs';
import { helpWriting } from './deskwrite.mjs';

keepWriting();
helpWriting();
