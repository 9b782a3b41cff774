"""How does a simulated city come by its history? Its services' stories become one script, which is played in memory."""
