from tests.processes.stage import stage, stages

__all__ = ["stage", "stages"]
