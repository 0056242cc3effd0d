"""What HTTP means to Tilt's Session API, without sockets: a Request in, a Response or a WatchStream out."""
