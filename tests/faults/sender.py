"""Hands mails over, each in a process of its own that may die at any moment: forks when told.

A line in is a message's id and after how many seconds the process dies, as by kill -9; 0 for
never. A line out is the process that has the message.
"""

import os
import signal
import sys

from core.clients import Clients
from core.jobs.mail import hand_over

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        message_id, seconds = line.split()
        child = os.fork()
        if not child:
            # Nobody catches it: the kernel ends the process wherever it is.
            signal.setitimer(signal.ITIMER_REAL, float(seconds))
            hand_over(Clients(), int(message_id))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
