// The islands every screen shares; each room's own are added by build.mjs.
import "./morph";
import "./theme";
import "./live";
import "./fresh";
import "./keys";
import "./dialogs";
import "./toast";
import "./timer";
import "./network";
import "./drafts";
import "./tabs";
import "./palette";
