/** `genie-transpiler`: makes of one component what the guest process runs, confined as that one is. */
import "./transpiler/realm.ts";
import { answerComponent } from "../registry/prepare/answer.ts";
import { guestPipe } from "./guest-pipe.ts";

void answerComponent(guestPipe);
